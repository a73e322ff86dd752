console.log("no"); process.exit(3)
